"""The machinery of HTTP: the application, answers, who asks, what is turned away. No route stands here."""
