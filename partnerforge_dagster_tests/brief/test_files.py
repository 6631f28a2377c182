"""The three files of a brief: where they lie, that they are whole, and that a reader never sees half of one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from partnerforge_dagster.brief.compose import compose
from partnerforge_dagster.brief.files import brief_files, write_brief
from partnerforge_dagster.brief.render_html import render_html
from partnerforge_dagster.brief.render_json import render_json
from partnerforge_dagster.brief.render_markdown import render_markdown
from partnerforge_dagster_tests.brief import sample

BRIEF = compose(sample.ACCOUNT, sample.RESULTS, sample.SELLER)
SHORTER = compose(sample.ACCOUNT, {}, sample.SELLER)


def test_the_files_are_the_three_renderings(tmp_path: Path) -> None:
    """In a folder that is made, named by domain, as absolute paths."""
    folder = tmp_path / "new" / "briefs"
    files = write_brief(BRIEF, folder)
    assert files == brief_files(sample.DOMAIN, folder)
    assert [path.name for path in files] == [f"norvale.example{suffix}" for suffix in (".html", ".md", ".json")]
    assert files.html.read_text(encoding="utf-8") == render_html(BRIEF)
    assert files.markdown.read_text(encoding="utf-8") == render_markdown(BRIEF)
    assert files.json.read_text(encoding="utf-8") == render_json(BRIEF)


def test_paths_are_absolute_wherever_one_stands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A relative folder is of the current one at the time of writing."""
    monkeypatch.chdir(tmp_path)
    assert brief_files("a.com", Path("briefs")).html == tmp_path / "briefs" / "a.com.html"


def test_a_newer_brief_replaces_the_older_one(tmp_path: Path) -> None:
    """Also when it is shorter; nothing else is left in the folder."""
    write_brief(BRIEF, tmp_path)
    files = write_brief(SHORTER, tmp_path)
    assert files.html.read_text(encoding="utf-8") == render_html(SHORTER)
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    """While several writers replace a brief by another again and again, every look finds one of the two, whole."""
    whole = {render_json(BRIEF), render_json(SHORTER)}
    files = write_brief(BRIEF, tmp_path)

    def write(number: int) -> None:
        write_brief(BRIEF if number % 2 else SHORTER, tmp_path)

    with ThreadPoolExecutor(4) as writers:
        writing = [writers.submit(write, number) for number in range(40)]
        looks = 0
        while looks < 50 or not all(one.done() for one in writing):
            assert files.json.read_text(encoding="utf-8") in whole
            looks += 1
        for one in writing:
            one.result()
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    """The error is the caller's; what could not be put in place is removed."""
    files = brief_files(sample.DOMAIN, tmp_path)
    files.markdown.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_brief(BRIEF, tmp_path)
    assert files.markdown.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == [files.html.name, files.markdown.name]


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path: Path) -> None:
    """A file stands where the folder should."""
    (tmp_path / "briefs").write_text("")
    with pytest.raises(OSError, match="briefs"):
        write_brief(BRIEF, tmp_path / "briefs")
