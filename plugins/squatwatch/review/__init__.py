"""The page on which analysts look at a day's detections and judge them; docs/review.md is for them."""
