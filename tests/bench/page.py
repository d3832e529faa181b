"""What the weekly review asks the engine on its first visit, told by the page itself: python -m tests.bench.page HOME."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

import leadquality.ui
from leadquality.contracts import ROOT
from leadquality.engine import Result

ASK = sys.modules[f"{leadquality.ui.__name__}.ask"]


def asked_by_page(home: Path) -> dict[str, Any]:
    """The KPIs and reports by id, in their order, and the scope of them."""
    os.environ["LEADQUALITY_HOME"] = str(home)
    seen: list[Result] = []
    run = ASK.run

    def heard(*given: Any) -> Result:
        result: Result = run(*given)
        seen.append(result)
        return result

    ASK.run = heard  # type: ignore[attr-defined]
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=600).run()
    if test.exception:
        raise SystemExit(f"the page shows an exception: {test.exception}")
    scopes = {(each.scope.as_of, each.scope.from_on, each.scope.to_on) for each in seen}
    if len(scopes) != 1:
        raise SystemExit(f"the page asks over several scopes: {scopes}")
    (days,) = scopes
    return {
        "kpis": list(dict.fromkeys(each.kpi.kpi_id for each in seen)),
        "withheld": [each.kpi.kpi_id for each in seen if each.unavailable],
        "days": [str(day) for day in days],
    }


if __name__ == "__main__":
    print(json.dumps(asked_by_page(Path(sys.argv[1]))))
