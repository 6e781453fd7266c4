"""Route templates fit what they fit in Azure."""

import pytest

from functions_host.routing import RouteError, compile_template, in_order


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("api/jobs", "/api/jobs", {}),
        ("api/jobs", "/API/Jobs/", {}),
        ("api/jobs", "/api/jobs/7", None),
        ("jobs/{id}", "/jobs/a%2Fb", {"id": "a/b"}),
        ("jobs/{id}", "/jobs/", None),
        ("jobs/{id:int}", "/jobs/-7", {"id": "-7"}),
        ("jobs/{id:int}", "/jobs/7a", None),
        (
            "jobs/{id:guid}",
            "/jobs/0f8fad5b-d9cb-469f-a165-70867728950e",
            {"id": "0f8fad5b-d9cb-469f-a165-70867728950e"},
        ),
        ("jobs/{id:guid}", "/jobs/7", None),
        ("jobs/{id?}", "/jobs", {}),
        ("jobs/{id?}", "/jobs/7", {"id": "7"}),
        ("jobs/{id=all}", "/jobs", {"id": "all"}),
        ("jobs/{id=all}", "/jobs/7", {"id": "7"}),
        ("files/{*rest}", "/files/a/b.txt", {"rest": "a/b.txt"}),
        ("files/{*rest}", "/files", {}),
        ("files/{**rest}", "/files/a", {"rest": "a"}),
        ("files/{name}.{kind}", "/files/bell.qasm", {"name": "bell", "kind": "qasm"}),
        ("{word:alpha:length(3)}", "/abc", {"word": "abc"}),
        ("{word:alpha:length(3)}", "/abcd", None),
        ("{word:minlength(2):maxlength(3)}", "/a", None),
        ("{word:regex(^a.c$)}", "/abc", {"word": "abc"}),
        ("", "/", {}),
    ],
)
def test_a_template_reads_its_parameters(template: str, path: str, expected: dict[str, str] | None) -> None:
    """A path that fits gives its parameters, decoded; one that does not gives nothing."""
    assert compile_template(template).match(path) == expected


def test_the_names_of_functions_decide_between_templates() -> None:
    """As in Azure, a catch-all hides whatever comes after it, and is a last resort under a name that comes last."""
    routes = [("zz_rest", "jobs/{*rest}"), ("Latest", "jobs/latest"), ("jobs", "jobs/{id}")]

    ordered = in_order((name, text, name) for name, text in routes)

    assert [name for _, name in ordered] == ["jobs", "Latest", "zz_rest"]


@pytest.mark.parametrize("template", ["jobs/{id", "jobs/{id:range(1,2)}", "{a}/{a}"])
def test_a_template_that_cannot_be_served_is_refused(template: str) -> None:
    """An unclosed parameter, an unknown constraint and a parameter named twice stop the start-up."""
    with pytest.raises(RouteError):
        compile_template(template)
