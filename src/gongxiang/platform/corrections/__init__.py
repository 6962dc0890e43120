"""Corrections (疑义、错误校核): doubts and errors about what was delivered, verified, corrected in every copy, answered."""
