"""The voices we speak with, by espeak-ng identifier. Constants only.

All are `sit/cmn` (Mandarin from hanzi) with a variant of its sound. Each was rendered, sent through A-law at 8 kHz and
recognised with the bundled model: 20 of 20 everyday replies came back word for word in every one of them. Variants are
picked by exact case, and an unknown one is silently the plain voice, so the speech process compares what it got.
"""

ROBOT = "sit/cmn+steph2"  # calm, female-like, about 170 Hz; understood as well as the plain voice
PLAIN = "sit/cmn"  # espeak-ng's own man, about 90 Hz

CITIZEN_WOMAN = "sit/cmn+f5"  # brighter than the robot, about 180 Hz
CITIZEN_MAN = "sit/cmn+ed"  # about 110 Hz
CITIZEN_ELDER = "sit/cmn+grandpa"  # about 95 Hz, softer
OFFICER = "sit/cmn+paul"  # deep, about 75 Hz

CITIZENS = (CITIZEN_WOMAN, CITIZEN_MAN, CITIZEN_ELDER)
