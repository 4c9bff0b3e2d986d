"""What a language model is told when it judges citations; `prompts.templates` reads the files beside this one."""
