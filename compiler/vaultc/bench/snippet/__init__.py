"""What a snippet says: cases, values, sweeps and claims."""
