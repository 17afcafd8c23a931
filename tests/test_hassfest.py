"""The integration's folder is what Home Assistant and HACS expect."""

import json
from pathlib import Path
import shutil

import pytest

from .hassfest import check

INTEGRATION = Path(__file__).parent.parent / "custom_components/room_bookings"


def test_integration_has_no_findings() -> None:
    """What hassfest would complain about is nothing."""
    assert check(INTEGRATION) == []


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the integration that a test may break."""
    return Path(shutil.copytree(INTEGRATION, tmp_path / INTEGRATION.name))


def test_unknown_manifest_key_is_found(broken: Path) -> None:
    """The stand-in is not blind: a manifest key too many is reported."""
    path = broken / "manifest.json"
    manifest = json.loads(path.read_text()) | {"zzz": 1}
    path.write_text(json.dumps(manifest))
    assert "manifest: zzz unknown" in check(broken)


def test_missing_translation_is_found(broken: Path) -> None:
    """The stand-in is not blind: a language that lacks a text is reported."""
    (broken / "translations/xx.json").write_text("{}")
    assert any("xx.json" in error for error in check(broken))
