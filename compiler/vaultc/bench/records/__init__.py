"""What a run leaves behind and how it is read: records, their files, statistics over them, jobs."""
