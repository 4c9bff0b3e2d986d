"""What a language model is told when it is tried out; `prompts.templates` reads the files beside this one."""
