"""Scoring by batch transform jobs of SageMaker: pairs to S3, one job whatever happens, answers back.

Imports `errors`, `interrupts`, `lake`, `net`, `settings`, `store`.
"""
