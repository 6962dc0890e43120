"""The front-end machine program (前置机) in a department."""
