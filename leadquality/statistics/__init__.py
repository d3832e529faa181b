"""What SQL cannot do: p-values, Gray's test, resampling, and the quantiles behind shrunken rates. Point figures stay in queries/."""

from leadquality.statistics.crossover import Crossover, Members, crossover
from leadquality.statistics.gray import GrayTest, gray
from leadquality.statistics.shrinkage import best_probabilities, posterior_interval
from leadquality.statistics.tails import chi_square_p, normal_p

__all__ = [
    "Crossover",
    "GrayTest",
    "Members",
    "best_probabilities",
    "chi_square_p",
    "crossover",
    "gray",
    "normal_p",
    "posterior_interval",
]
