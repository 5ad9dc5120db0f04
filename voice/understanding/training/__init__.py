"""Makes `learned.table` from replies that people wrote. Nothing of the product imports it; its packages are apart."""
