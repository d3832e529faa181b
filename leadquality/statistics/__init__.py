"""What SQL cannot do: p-values, Gray's test, and the quantiles behind shrunken rates. Point figures stay in queries/."""

from leadquality.statistics.gray import GrayTest, gray
from leadquality.statistics.shrinkage import best_probabilities, posterior_interval
from leadquality.statistics.tails import chi_square_p, normal_p

__all__ = ["GrayTest", "best_probabilities", "chi_square_p", "gray", "normal_p", "posterior_interval"]
