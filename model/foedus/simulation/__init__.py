"""From a scenario to trials: the world at the start, chance, and the engines that play it."""
