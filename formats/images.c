// SPDX-License-Identifier: MIT
#include "formats/images.h"

#include "formats/images_import.h"
#include "formats/images_kind.h"
#include "formats/source.h"

static enum probe probe(const struct source *source)
{
    size_t pictures = 0, named = 0, others = 0;
    for (size_t i = 0; i < source_num_glimpsed(source); i++) {
        const struct source_member *member = source_glimpsed(source, i);
        switch (images_kind_of(member->name, member->head, member->head_size)) {
        case IMAGES_PICTURE:
            pictures++;
            break;
        case IMAGES_BROKEN:
        case IMAGES_UNREAD:
            named++;
            break;
        case IMAGES_STRANGE:
            others++;
            break;
        case IMAGES_LIST:
        case IMAGES_NOTE:
            break;
        }
    }
    if (pictures > 0 && pictures + named >= others)
        return PROBE_CONTENT;
    return pictures + named > 0 ? PROBE_NAME : PROBE_NO;
}

const struct format FORMAT_IMAGES = {
    .name = "images",
    .about = "Trees of JPEG and PNG files, one folder for each class, as folders or archives",
    .recognises = "files that begin as JPEG or PNG pictures do",
    .details =
        "A folder, zip, tar, tar.gz, or a tar of tars (ImageNet's). Folders called `train`, "
        "`test`, "
        "`val` … are splits, the folder of a picture is its class (feature `label`), the folder "
        "above that the `superclass`; folders at the top that all share are passed over, as is "
        "`images`. Classes are numbered in the order of code points over all splits; an empty "
        "folder is a class without samples. Samples are ordered by their paths, from an archive as "
        "from a folder.\n"
        "Pictures that all have one size (up to 1024×1024 pixels) become an array; others are kept "
        "encoded as they came. EXIF's orientation is heeded, palettes and CMYK become RGB, 16 bits "
        "stay 16 bits. With `--in-place` nothing is copied: only where each picture lies is "
        "noted.\n"
        "Files that cannot be decoded are set aside, with the reason; `samplecase info` lists "
        "them.\n"
        "Folders named by WordNet's synsets (`n01440764`) get names from `LOC_synset_mapping.txt`, "
        "`words.txt`, `synsets.txt`, `imagenet_class_index.json` or the development kit's "
        "`meta.mat` beside them. ImageNet's validation pictures, which all lie in one folder, get "
        "their classes from the development kit or from `LOC_val_solution.csv`; given first, these "
        "spare a second reading.",
    .examples = "samplecase add cats_vs_dogs PetImages\n"
                "samplecase add cifar10 cifar10-folders.tar.gz\n"
                "samplecase add imagenet ILSVRC2012_devkit_t12.tar.gz ILSVRC2012_img_train.tar "
                "ILSVRC2012_img_val.tar --in-place",
    .keeps_in_place = true,
    .probe = probe,
    .read = images_import,
};
