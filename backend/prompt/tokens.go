package prompt

import "unicode"

// Costs are in sixtieths of a token, so that a half, a third, a quarter and a
// fifth are whole numbers.
const (
	perToken = 60

	// English prose: 4.2 to 4.8 characters to a token with the vocabularies in
	// use; counted as 4, with the space before a word.
	costLetter = perToken / 4
	// Capitals are rare in vocabularies: ACCEPTANCE is three or four tokens.
	costCapital = perToken * 2 / 5
	// Many vocabularies give every digit a token of its own.
	costDigit = perToken * 9 / 10
	// Brackets and operators of code are sometimes joined to pairs.
	costSymbol = perToken * 3 / 4
	// The same sign or space again (indentation, rules, tables) is mostly part of a longer token.
	costRepeat = perToken / 8
	costBreak  = perToken / 2

	// Latin letters with marks, Greek and Cyrillic: about 2 letters to a token.
	costMarked = perToken / 2
	// Arabic, Hebrew, Armenian, Georgian and the like.
	costAlphabet = perToken * 3 / 4
	// Han, kana, hangul, Thai and the scripts of India: small local models need a token for nearly every sign.
	costSign = perToken * 11 / 10
	// Emoji and other symbols fall apart into their bytes.
	costBytes = perToken * 2
)

// EstimateTokens returns about how many tokens a text is, a little too many
// rather than too few: English prose counts 4 characters to a token, source
// code about 3, Cyrillic and marked Latin letters 2, Arabic and Hebrew 1.3,
// Chinese, Japanese, Korean and Indic scripts 0.9, emoji half a one. The real
// figure depends on the vocabulary of the model; correct it from what the
// model reports.
func EstimateTokens(text string) int {
	total := 0
	last := rune(-1)
	for _, r := range text {
		total += cost(r, last)
		last = r
	}
	return (total + perToken - 1) / perToken
}

func cost(r, last rune) int {
	switch {
	case r >= 'a' && r <= 'z':
		return costLetter
	case r >= 'A' && r <= 'Z':
		return costCapital
	case r >= '0' && r <= '9':
		return costDigit
	case r == last && r < 0x3000 && !unicode.IsLetter(r):
		return costRepeat
	case r == ' ' || r == '\t':
		return costLetter
	case r == '\n':
		return costBreak
	case r < 0x80 || r >= 0x2010 && r <= 0x2027: // dashes, quotes, ellipsis
		return costSymbol
	}
	return costOther(r)
}

// costOther is the cost of what is not ASCII.
func costOther(r rune) int {
	switch {
	case unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic):
		return costMarked
	case unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Armenian, unicode.Georgian):
		return costAlphabet
	case r > 0xFFFF || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P):
		return costBytes // beyond the common signs, and symbols of all kinds
	}
	return costSign
}
