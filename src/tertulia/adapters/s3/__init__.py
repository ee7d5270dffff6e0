"""Files in S3, and what is known of them in the table `Chat-Media`."""
