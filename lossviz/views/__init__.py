"""A FRAME BECOMES A PICTURE, on screen and in files alike."""
