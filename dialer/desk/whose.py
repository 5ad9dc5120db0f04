"""Whose knowledge a command understands by. Beside nothing else, so that the command line can offer the choice before anything heavy is loaded."""

from enum import StrEnum


class Whose(StrEnum):
    """Where what intents know is taken from."""

    FOLDER = "folder"  # scripts.dir/shared/intents, as admins edit it
    PUBLISHED = "published"  # what calls understand by
    SHIPPED = "shipped"  # what came with this release
