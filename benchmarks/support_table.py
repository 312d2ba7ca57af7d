"""Make ``digest/composing/support.json`` from the caniemail data: which mail program shows which feature.

Run: ``npm pack caniemail && tar xf caniemail-*.tgz && python benchmarks/support_table.py package``. The table is
never edited by hand. It keeps, for each feature and the newest version of each program, the first letter of
the verdict: y (yes), a (partly), n (no), u (unknown).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "digest" / "composing" / "support.json"
CLIENTS = {
    "Gmail": ("gmail", "desktop-webmail"),
    "Gmail app (Android)": ("gmail", "android"),
    "Outlook (Windows)": ("outlook", "windows"),
    "Outlook.com": ("outlook", "outlook-com"),
    "Apple Mail (macOS)": ("apple-mail", "macos"),
    "Apple Mail (iOS)": ("apple-mail", "ios"),
    "Yahoo Mail": ("yahoo", "desktop-webmail"),
}


def main() -> None:
    """Write the table from an unpacked npm package."""
    package = Path(sys.argv[1])
    facts = json.loads((package / "data" / "caniemail.json").read_text("utf-8"))
    about = json.loads((package / "package.json").read_text("utf-8"))
    features = {}
    for feature in facts["data"]:
        verdicts = ""
        for family, platform in CLIENTS.values():
            versions = feature["stats"].get(family, {}).get(platform, {})
            verdicts += str(versions[max(versions)])[0] if versions else "u"
        features[feature["slug"]] = verdicts
    table = {
        "source": f"caniemail.com, npm package caniemail {about['version']}",
        "date": facts.get("last_update_date", ""),
        "licence": f"facts of caniemail.com, {about.get('license', 'MIT')}",
        "clients": list(CLIENTS),
        "features": features,
    }
    TARGET.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{len(features)} features, {len(CLIENTS)} clients, {table['date']}")


if __name__ == "__main__":
    main()
