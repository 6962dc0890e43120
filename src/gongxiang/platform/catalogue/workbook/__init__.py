"""Entries as workbooks and exchange files: pure reading, writing and checking of layout; knows no database."""
