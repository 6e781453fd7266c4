"""Set-up fetches from where the person said that packages come from."""

from local.setup.registries import parse_pip_settings, uv_environ

LISTING = """\
:env:.disable-pip-version-check='1'
:env:.extra-index-url='file:///extra file:///more'
global.cert='/etc/ssl/company.pem'
global.extra-index-url='file:///overruled'
global.index-url='http://localhost:3141/simple'
install.find-links='/wheels\\n/more-wheels'
"""


def test_pips_settings_are_read_in_pips_order() -> None:
    """A variable wins over a file, as it does for pip."""
    settings = parse_pip_settings(LISTING)

    assert settings["extra-index-url"] == "file:///extra file:///more"
    assert settings["index-url"] == "http://localhost:3141/simple"


def test_uv_is_told_what_pip_was_told() -> None:
    """uv reads none of pip's settings, so they are handed over in its own words."""
    environ = uv_environ({"HOME": "/home/ada"}, parse_pip_settings(LISTING))

    assert environ == {
        "HOME": "/home/ada",
        "UV_DEFAULT_INDEX": "http://localhost:3141/simple",
        "UV_INDEX": "file:///extra file:///more",
        "UV_FIND_LINKS": "/wheels,/more-wheels",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/etc/ssl/company.pem",
    }


def test_what_the_person_set_for_uv_stands() -> None:
    """A setting made for uv is more particular than one made for pip."""
    environ = uv_environ({"UV_DEFAULT_INDEX": "http://localhost:1/simple"}, parse_pip_settings(LISTING))

    assert environ["UV_DEFAULT_INDEX"] == "http://localhost:1/simple"


def test_a_machine_without_settings_keeps_uvs_own() -> None:
    """Nothing is invented."""
    environ = uv_environ({"HOME": "/home/ada"}, parse_pip_settings(""))

    assert environ == {"HOME": "/home/ada"}
