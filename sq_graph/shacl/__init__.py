"""SHACL: shapes over a whole graph, compiled to SPARQL; or over what a change reaches, in
Python.
"""
