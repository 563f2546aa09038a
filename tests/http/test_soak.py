# SPDX-License-Identifier: MIT
"""A short soak (support/soak.py); `script/bench --soak` is the long one."""
import memory
import soak


def test_no_wrong_byte_while_datasets_are_replaced(run, serve, tmp_path, wait_until):
    one = soak.Soak(run, tmp_path, requests=40)
    server = serve(one.data)
    one.run(server)
    assert not one.problems, one.problems[:5]
    assert one.answers >= 16 * 40 and one.replaced == 2 and len(one.seen) == 3
    last = {one.contents[-1].revision}

    def only_the_last_is_left():
        assert server.get("/datasets").status == 200
        return memory.mapped_revisions(server.process.pid, one.data, soak.NAME) <= last
    wait_until(only_the_last_is_left)
