#!/bin/sh
# SPDX-License-Identifier: MIT
# What a dataset is, some of its samples, and a batch of them, with curl and jq.
#
# usage: digits.sh [URL]
set -eu
url=${1:-http://localhost:8080}
url=${url%/}

get() {
    curl --fail-with-body --silent --show-error --retry 5 "$url$1"
}

echo "datasets: $(get /datasets | jq -r '[.datasets[].name] | join(" ")')"

get /datasets/digits | jq -r '"digits: \(.num_samples) samples, licence \(.license)"'

echo 'samples of each class:'
get /datasets/digits/classes | jq -r '.classes[] | "  \(.name) \(.counts | add)"'

# Every page of a list says where the next one is.
page='/datasets/digits/samples?features=label&label=7&limit=50'
seen=0
while [ "$page" != null ]; do
    answer=$(get "$page")
    seen=$((seen + $(echo "$answer" | jq '.samples | length')))
    page=$(echo "$answer" | jq -r .next)
done
echo "sevens, page by page: $seen"

# With the revision in it, an address gives the same bytes for ever, or a 410.
revision=$(get /datasets/digits | jq -r .revision)
batch="/datasets/digits/batch?order=shuffle&seed=1&limit=100&rev=$revision"
echo "classes in a batch: $(get "$batch&format=ndjson&features=label" |
    jq -rs 'group_by(.label.id) | map("\(length)×\(.[0].label.name)") | join(" ")')"
get "$batch&format=npz" >digits.npz
echo "digits.npz: $(wc -c <digits.npz | tr -d ' ') bytes"
