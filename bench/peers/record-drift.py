"""Records shared/drift/fixtures/scipy-drift.json: the values that scipy gives for every statistic in shared/drift.

Run from the repository's root with numpy and scipy installed:
    python bench/peers/record-drift.py
"""

import json
import math
from pathlib import Path

import numpy as np
import scipy
from scipy import stats
from scipy.spatial.distance import jensenshannon

rng = np.random.default_rng(20)


def smoothed(p, q):
    keep = (np.array(p) + np.array(q)) > 0
    p, q = np.array(p, float)[keep] + 0.5, np.array(q, float)[keep] + 0.5
    return p / p.sum(), q / q.sum()


chi_square = [
    {"x": x, "df": df, "sf": float(stats.chi2.sf(x, df))}
    for df in (1, 2, 5, 19, 23, 100, 999)
    for x in (0.0, 1e-6, 0.5, 1.0, 3.84, df * 0.5, float(df), df * 1.5, df * 3.0, 200.0)
]
chi_square_quantile = [
    {"alpha": a, "df": df, "x": float(stats.chi2.isf(a, df))} for df in (1, 4, 19, 100) for a in (0.5, 0.05, 0.01, 1e-6)
]
noncentral = [
    {"x": x, "df": df, "lambda": nc, "sf": float(stats.ncx2.sf(x, df, nc))}
    for df in (1, 4, 19)
    for nc in (0.5, 10.0, 60.0)
    for x in (1.0, 10.0, 40.0)
]
wilson = []
for k, n in ((0, 1), (1, 1), (0, 10), (3, 10), (50, 100), (999, 1000)):
    interval = stats.binomtest(k, n).proportion_ci(confidence_level=0.95, method="wilson")
    wilson.append({"k": k, "n": n, "low": float(interval.low), "high": float(interval.high)})

pairs = []
for name, base, live in (
    ("close", rng.multinomial(5000, np.ones(10) / 10), rng.multinomial(400, np.ones(10) / 10)),
    ("shifted", rng.multinomial(5000, np.ones(10) / 10), rng.multinomial(400, np.arange(1, 11) / 55)),
    ("new category", np.array([700, 200, 100, 0, 0]), np.array([60, 20, 10, 0, 30])),
    ("one row", np.array([500, 300, 200]), np.array([0, 1, 0])),
):
    p, q = smoothed(base, live)
    pairs.append(
        {
            "name": name,
            "baseline": base.tolist(),
            "live": live.tolist(),
            "psi": float(stats.entropy(p, q) + stats.entropy(q, p)),
            "jensenShannon": float(jensenshannon(p, q, base=2)),
            "hellinger": float(math.sqrt(0.5 * np.sum((np.sqrt(p) - np.sqrt(q)) ** 2))),
            "lInfinity": float(np.max(np.abs(p - q))),
        }
    )

homogeneity = []
for base, live in (([100, 200, 300], [30, 60, 50]), ([2000, 1000, 500, 400], [60, 40, 35, 9])):
    result = stats.chi2_contingency(np.array([base, live]), correction=False)
    homogeneity.append(
        {"baseline": base, "live": live, "statistic": float(result.statistic), "df": int(result.dof), "p": float(result.pvalue)}
    )

# Uniform mass inside every bin: the quantile functions are piecewise linear, sampled finely here.
edges = [-2.0, -1.0, 0.0, 0.5, 3.0]
base, live = [10, 40, 30, 20], [5, 10, 25, 60]


def sample(counts):
    parts = [np.linspace(edges[i], edges[i + 1], 2000 * c, endpoint=False) + (edges[i + 1] - edges[i]) / (4000 * c) for i, c in enumerate(counts)]
    return np.concatenate(parts)


edge_distances = {
    "edges": edges,
    "baseline": base,
    "live": live,
    "wasserstein": float(stats.wasserstein_distance(sample(base), sample(live))),
    "ks": float(np.max(np.abs(np.cumsum(base) / 100 - np.cumsum(live) / 100))),
}

path = Path(__file__).parents[2] / "shared/drift/fixtures/scipy-drift.json"
path.write_text(
    json.dumps(
        {
            "scipy": scipy.__version__,
            "chiSquare": chi_square,
            "chiSquareQuantile": chi_square_quantile,
            "noncentral": noncentral,
            "wilson": wilson,
            "pairs": pairs,
            "homogeneity": homogeneity,
            "edgeDistances": edge_distances,
        },
        indent=1,
    )
    + "\n"
)
