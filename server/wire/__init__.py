"""The protocol's vocabulary: frames, codes, encoders. Checked values in, bytes out."""
