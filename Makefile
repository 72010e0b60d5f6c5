# `make` lists the verbs. Each is a function in make.py, which Windows runs without make: py -3.12 make.py lab
# Another interpreter: PYTHON=python3.12 make lab. One chapter: make refresh CHAPTER=1. Options: make lab ARGS=--no-browser
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help lab test setup slow browser update refresh site pack links solutions slides timetable bench repeat versions history queues audit mutants lock lint clean
help lab test setup slow browser update refresh site pack links solutions slides timetable bench repeat versions history queues audit mutants lock lint clean: ; @"$(PYTHON)" make.py $@ $(CHAPTER) $(ARGS)
