"""Loads the speech model and compiles the rules of understanding when imported, so that workers forked afterwards share both.

Give it to `multiprocessing.set_forkserver_preload(["voice.asr.preload"])`. The environment names the model:
QUANZU_MODEL_DIR, or the bundled one.

Rule 1: neither pjsua2 nor numpy is imported here and no thread is started: what a fork copies must stand still.
Rule 2: the fork server swallows nothing but ImportError, so a missing model is kept and raised to whoever asks for it.
"""

import os

from voice.asr.catalogue import find_model
from voice.asr.recognizer import LoadedModel, load_model
from voice.errors import ModelMissing
from voice.understanding import warm_up

MODEL_DIR = "QUANZU_MODEL_DIR"


def _load() -> LoadedModel | ModelMissing:
    try:
        return load_model(find_model(os.environ.get(MODEL_DIR, "")))
    except ModelMissing as missing:
        return missing


MODEL: LoadedModel | ModelMissing = _load()
warm_up()


def model() -> LoadedModel:
    """The model of this process. Raises ModelMissing as the loading did."""
    if isinstance(MODEL, ModelMissing):
        raise MODEL
    return MODEL
