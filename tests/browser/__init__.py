"""The pages in a real Chromium, on what `gongxiang up --demo` starts."""
