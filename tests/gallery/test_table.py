# SPDX-License-Identifier: MIT
"""A dataset without images: its rows as a table."""
import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys

import decode


def cells(window):
    return [row.split("\t") for row in window.script("""
        return [...document.querySelectorAll("table.samples tbody tr")].map(row =>
            [...row.children].map(cell => cell.textContent).join("\\t"))""")]


def headings(window, kind="th"):
    return window.script("return [...document.querySelectorAll('.samples thead ' + arguments[0])]"
                         ".map(one => one.firstChild.data)", kind)


def test_rows(window):
    window.open("/gallery/boston_housing?offset=300")
    boston = decode.boston()
    assert headings(window) == ["index", *boston]
    rows = np.array([[float(text) for text in row] for row in cells(window)])
    expected = np.array([np.arange(300, 400), *(column[300:400] for column in boston.values())]).T
    assert np.allclose(rows, expected, rtol=1e-5, atol=0)
    assert window.texts(".samples thead .badge") == ["target"]
    assert "MEDV" in window.text(".samples thead .target")


def test_numbers_of_a_column_line_up(window):
    window.open("/gallery/boston_housing")
    for column in np.array(cells(window)).T[1:]:
        assert len({len(text.partition(".")[2]) for text in column}) == 1
    assert window.one(".samples td").value_of_css_property("text-align") == "right"


@pytest.mark.parametrize("width", [2400, 700], ids=["the-page-scrolls", "the-table-scrolls"])
def test_headings_stay_in_sight(window, width):
    window.size(width, 900)
    window.open("/gallery/boston_housing")

    def over_the_last_row():
        return window.script("""
            const table = document.querySelector("table.samples");
            const box = table.querySelector("thead th").getBoundingClientRect();
            table.querySelector("tbody tr:last-child").scrollIntoView({block: "end"});
            const seen = document.elementFromPoint(box.left + 2, box.top + box.height / 2);
            return seen?.closest("thead")
                && table.querySelector("tbody tr").getBoundingClientRect().bottom < box.top;""")
    window.wait(over_the_last_row, "the headings have scrolled away")


def test_a_row_opens_its_sample(window):
    window.open("/gallery/boston_housing")
    window.click("table.samples tbody tr:nth-child(4) td:nth-child(3)")
    heading, values = window.sample()
    boston = decode.boston()
    assert heading == "Sample 3 of all"
    assert {name: float(text) for name, text in values.items()} == {
        name: column[3] for name, column in boston.items()}
    window.press(Keys.ARROW_RIGHT)
    window.wait_sample("Sample 4 of all")
    window.press(Keys.ESCAPE)
    window.no_sample()
    assert window.driver.switch_to.active_element.get_attribute("data-index") == "4"


def test_a_table_has_no_filter_without_classes(window):
    window.open("/gallery/boston_housing")
    assert window.all(".filter") == [] and window.all(".zoom") == []


def test_random_rows(window):
    window.open("/gallery/boston_housing?order=shuffle&seed=3&limit=50")
    indices = window.indices()
    prices = decode.boston()["MEDV"]
    assert [float(row[-1]) for row in cells(window)] == [prices[i] for i in indices]
    assert sorted(indices) != indices and len(set(indices)) == 50


def test_a_wide_table_is_paged_sideways(look, serve, run, tmp_path):
    names = [f"c{i}" for i in range(100)]
    rows = [",".join(names)] + [",".join(str(row * 1000 + i) for i in range(100))
                                for row in range(30)]
    (tmp_path / "wide.csv").write_text("\n".join(rows) + "\n")
    run("add", "wide", tmp_path / "wide.csv", "--data", tmp_path / "data", "--quiet")
    window = look(serve(tmp_path / "data"))
    window.open("/gallery/wide")
    first = headings(window)
    assert len(first) == 41 and "c0" in first and "c60" not in first
    window.click_text(".columns a", "columns ›")
    second = headings(window)
    kept = set(first) & set(second) - {"index"}
    assert kept == set(headings(window, ".target"))
    for row, texts in enumerate(cells(window)):
        assert [float(text) for text in texts[1:]] == [row * 1000 + int(name[1:])
                                                       for name in second[1:]]
    window.back()
    assert headings(window) == first
