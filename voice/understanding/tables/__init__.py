"""The knowledge: which wordings mean which intent. Data in the form of rules, one file per field; no logic here."""
