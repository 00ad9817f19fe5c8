"""`python -m sq_graph`: the command line, for when `sq-graph` is not on the path."""

from sq_graph.cli import main

if __name__ == "__main__":
    main()
