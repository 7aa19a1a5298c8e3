"""The source `zone`: what two days' zone files of a top-level domain differ by. Imports what `sources` may."""
