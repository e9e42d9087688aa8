text = "x" * 1024
loop { text << text }
