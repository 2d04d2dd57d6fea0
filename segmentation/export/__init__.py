"""What leaves the house: the same frames the pages show, written safely."""
