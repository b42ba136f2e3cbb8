"""What the office reports: figures of a fiscal period with their records behind them, as a page, a PDF and a docx."""
