"""Tests of sq-graph."""
