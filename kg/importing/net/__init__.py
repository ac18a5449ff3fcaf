"""Fetching from addresses that others chose: only public ones, only so much, only so long, and politely."""
