"""Computing the statistics again from the log, and mending what is not as computed."""
