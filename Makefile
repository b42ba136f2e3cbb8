# Chores. ./sala is the newcomer's door; these are for whoever changes Sala. `make setup` once, then any of them.
PY := .venv/bin/python
COMPILE := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"
export UV_NO_CONFIG := 1
export PYTHONUTF8 := 1

.PHONY: help setup check test bench race voices pictures gallery crash kill threads sim line storm fuzz escape soak demo format assets vectors golden lock clean

help:            ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

setup:           ## prepare .venv and the system libraries
	./sala setup

check:           ## lint, types, import rules: the whole truth, here and in CI
	./sala check

test:            ## check, then every test
	./sala test

bench:           ## measure the promised figures; writes build/bench.json
	$(PY) -m bench

pictures:        ## draw anew what every screen is compared with, after a change that was meant; look, then commit
	SALA_PICTURES=draw $(PY) -m pytest -q --numprocesses 2 tests/kiosk/ui/screens/test_pictures.py

gallery:         ## every screen, widget example and staff page as PNG, every language and size: build/gallery/
	$(PY) -m kiosk.ui.gallery build/gallery
	PYTHONPATH=.:tests/sync_server:tests/sync_server/web $(PY) tests/sync_server/web/gallery.py build/gallery/web

race:            ## Sala against Morango and PouchDB, into docs/race.md (python -m bench.race --install fetches them)
	$(PY) -m bench.race

voices:          ## placeholder voices by machine into assets/voices, to hear screens read (needs espeak-ng)
	$(PY) -m kiosk voices --make assets/voices --content assets/office-sample

crash:           ## cut the power everywhere for MINUTES (10) or in STATES states; a failure prints the seed that replays it
	$(PY) -m tests.crash $(if $(STATES),--states $(STATES)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

kill:            ## kill -9 a writing kiosk, and a server that is being sent to, KILLS (2000) times (SEED=n chooses when)
	SALA_KILLS=$(or $(KILLS),2000) SALA_SEED=$(or $(SEED),9) $(PY) -m pytest -q --numprocesses 0 --timeout 0 \
		tests/kiosk/store/test_kill.py tests/line/test_races.py

threads:         ## 50 threads that issue and call against each other at one kiosk, for TICKETS (10000) tickets
	SALA_TICKETS=$(or $(TICKETS),10000) $(PY) -m pytest -q --numprocesses 0 --timeout 0 --durations 1 \
		tests/kiosk/desk/test_counters.py -k threads

sim:             ## a fleet under every fault: SEEDS (300) x STEPS (1000) from FIRST (1); a law that breaks names its seed
	$(PY) -m tests.sim --first $(or $(FIRST),1) --seeds $(or $(SEEDS),300) --steps $(or $(STEPS),1000) $(if $(MINUTES),--minutes $(MINUTES))

line:            ## cut the line between a real kiosk and a real server at every byte of an exchange
	SALA_EVERY_BYTE=1 $(PY) -m pytest -q --numprocesses 0 tests/line

storm:           ## KIOSKS (1000) come back at once with RECORDS (500) each
	$(PY) -m tests.line.storm $(or $(KIOSKS),1000) $(or $(RECORDS),500)

fuzz:            ## feed every reader COUNT (1,000,000) damaged inputs (SEED=n chooses which)
	$(PY) -m tests.fuzz --count $(or $(COUNT),1000000) --seed $(or $(SEED),1)

escape:          ## 100,000 random keys and touches at a kiosk: no way out (SALA_SEED=n chooses which)
	SALA_EVENTS=100000 $(PY) -m pytest -q tests/e2e/test_escape.py

soak:            ## HOURS (8) of random use in simulated time: memory, trouble in the diary, words left in files
	$(PY) -m tests.soak --hours $(or $(HOURS),8)

demo:            ## the sample office and a kiosk to try
	./sala demo

format:          ## lay out the code
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix --quiet .

assets:          ## draw the pictures and sample forms anew (needs resvg-py; icons: see assets/icons/build.py)
	$(PY) assets/art/build.py
	$(PY) assets/art/forms.py

vectors:         ## write the cases of tests/vectors that are not there yet; those that are never change
	PYTHONPATH=. $(PY) tests/vectors/make.py
	PYTHONPATH=. $(PY) tests/vectors/fields.py

golden:          ## write down what VERSION leaves on disks, once at its release; later versions must open it
	PYTHONPATH=. $(PY) tests/golden/make.py $(VERSION)

lock:            ## choose versions anew within pyproject.toml; keeps what is still allowed (UPGRADE=1 takes the newest)
	$(COMPILE) $(if $(UPGRADE),--upgrade) --all-extras pyproject.toml -o requirements/dev.txt
	$(COMPILE) --constraint requirements/dev.txt --extra kiosk pyproject.toml -o requirements/kiosk.txt
	$(COMPILE) --constraint requirements/dev.txt --extra server pyproject.toml -o requirements/server.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) --constraint requirements/dev.txt requirements/bootstrap.in -o requirements/bootstrap.txt

clean:           ## forget everything that was made, .venv apart
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
