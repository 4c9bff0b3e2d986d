"""What it is measured and fitted on: public sets, marked papers, made pages, synthetic corpora. Files lie in `eval/data`."""
