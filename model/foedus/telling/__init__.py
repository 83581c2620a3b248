"""What a run says, in numbers and in words, without any file or folder."""
