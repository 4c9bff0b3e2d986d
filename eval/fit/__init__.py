"""Fitting: what writes the weight files of questions and answers, from examples of people who had not seen the code."""
