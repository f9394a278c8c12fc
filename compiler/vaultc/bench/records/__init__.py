"""What a run leaves behind and how it is read: records, their files, statistics over them, jobs."""

FOLDER = "_results"
"""The folder of a vault that holds what was measured."""
