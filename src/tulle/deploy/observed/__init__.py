"""What AWS saw of a deployed function: figures, log lines, and what is there."""
