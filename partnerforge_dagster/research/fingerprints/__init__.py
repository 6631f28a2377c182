"""Recognising technologies by what a page gives away: the data, its matching, and how sure a finding is."""
