"""pandas and lifelines: the survival part of the close rate. Kaplan-Meier of the open leads with its limits, exactly; the share won from
AalenJohansenFitter, which breaks the ties of a day by chance, so it is near, not equal; no accounts, no gap, no other KPI."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import AalenJohansenFitter, KaplanMeierFitter

from tests.bench.finish import CHANNELS, CLOSE_AGES, Line
from tests.bench.questions import Cut

warnings.filterwarnings("ignore", "Tied event times")


class Survival:
    """folder holds the Parquet files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def answer(self, kpi: str, cut: Cut) -> list[Line]:
        if kpi != "close_rate_at_equal_age":
            raise SystemExit(f"lifelines is asked for the survival part alone, not for {kpi}")
        leads = self._leads(cut)
        found = []
        for channel in CHANNELS:
            own = leads[leads["channel"] == channel]
            # As arrays: the fitter loses the order of a series whose index is not sorted when it breaks ties.
            ages, endings = own["age"].to_numpy(), own["ending"].to_numpy()
            open_leads = KaplanMeierFitter().fit(ages, endings > 0)
            won = AalenJohansenFitter(seed=1).fit(ages, endings, event_of_interest=1)
            shares = open_leads.predict(list(CLOSE_AGES))
            limits = open_leads.confidence_interval_survival_function_
            near = won.cumulative_density_.iloc[:, 0]
            for age in CLOSE_AGES:
                low, high = limits[limits.index <= age].iloc[-1]
                line: Line = {"channel": channel, "key": age, "open_share": float(shares[age])}
                if 0 < shares[age] < 1:
                    line |= {"open_low": float(low), "open_high": float(high)}
                found.append(line | {"near": float(near[near.index < age + 0.5].iloc[-1])})
        return found

    def _leads(self, cut: Cut) -> pd.DataFrame:
        """Leads of the cut with how long they were followed and how that ended: 0 open, 1 won, 2 lost."""
        as_of = pd.Timestamp(cut.as_of)
        columns = ["lead_id", "channel", "source", "segment", "region", "created_on", "disqualified_on"]
        leads = pd.read_parquet(self.folder / "leads.parquet", columns=columns)
        for name in ("created_on", "disqualified_on"):
            leads[name] = pd.to_datetime(leads[name])
        chosen = leads["created_on"] < as_of
        for name, values in (("source", cut.sources), ("segment", cut.segments), ("region", cut.regions)):
            if values:
                chosen &= leads[name].isin(values)
        if cut.from_on:
            chosen &= leads["created_on"] >= pd.Timestamp(cut.from_on)
        if cut.to_on:
            chosen &= leads["created_on"] <= pd.Timestamp(cut.to_on)
        leads = leads[chosen].set_index("lead_id")
        deals = pd.read_parquet(self.folder / "opportunities.parquet")
        for name in ("created_on", "closed_on"):
            deals[name] = pd.to_datetime(deals[name])
        deals = deals[deals["created_on"] <= as_of]
        closed = deals[deals["closed_on"] <= as_of]
        won_on = closed[closed["outcome"] == "won"].groupby("lead_id")["closed_on"].min()
        lost = closed[closed["outcome"] == "lost"].groupby("lead_id")["closed_on"]
        every = deals.groupby("lead_id").size()
        is_all_lost = lost.size().reindex(every.index, fill_value=0) == every
        leads["won_on"] = won_on
        leads["last_lost_on"] = lost.max()
        has_deal = leads.index.isin(every.index)
        all_lost = leads.index.isin(every.index[is_all_lost])
        disqualified = leads["disqualified_on"].where(leads["disqualified_on"] <= as_of)
        lost_on = disqualified.where(~has_deal, leads["last_lost_on"].where(all_lost))
        lost_on = lost_on.where(leads["won_on"].isna())
        leads["ending"] = np.where(leads["won_on"].notna(), 1, np.where(lost_on.notna(), 2, 0))
        end = leads["won_on"].fillna(lost_on).fillna(as_of)
        leads["age"] = (end - leads["created_on"]).dt.days.clip(lower=0)
        return leads
