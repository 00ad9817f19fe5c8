"""SHACL: validation of a whole graph in SPARQL, or only of what a change affects in Python."""
