# Judges what the decision point answered. Only an answer that is understood to its last obligation lets anybody in.
use strict;
use warnings;
use JSON::PP ();

our (%RAD_REQUEST, %RAD_REPLY, %RAD_CHECK);
use constant { REJECT => 0, UPDATED => 8 };

my $json = JSON::PP->new->utf8->max_depth(16);

sub judge {
	my $status = delete $RAD_REPLY{'REST-HTTP-Status-Code'} // '';
	my $body = delete $RAD_REPLY{'REST-HTTP-Body'} // '';
	return refuse('could not be asked') if $status ne '200';
	return refuse('answered too much') if length $body > 65_536;
	my $answer = eval { $json->decode($body) };
	return refuse('gave no decision') if ref $answer ne 'HASH' || !JSON::PP::is_bool($answer->{decision});
	my $context = exists $answer->{context} ? $answer->{context} : {};
	return refuse('gave no decision') if ref $context ne 'HASH';
	return refuse('denied: ' . wordsOf($context->{reason})) if !$answer->{decision};
	my $obligations = exists $context->{obligations} ? $context->{obligations} : [];
	return refuse('gave no decision') if ref $obligations ne 'ARRAY';
	for my $each (@$obligations) {
		return refuse('asked for what this server cannot do') if ref $each ne 'HASH' || !fulfil($each);
	}
	return UPDATED;
}

sub fulfil {
	my ($obligation) = @_;
	my $type = $obligation->{type} // '';
	if ($type eq 'session_length') {
		my $seconds = $obligation->{seconds} // '';
		return 0 if $seconds !~ /^[1-9][0-9]{0,8}\z/;
		my $before = $RAD_REPLY{'Session-Timeout'};
		$RAD_REPLY{'Session-Timeout'} = $seconds if !defined $before || $seconds < $before;
		return 1;
	}
	if ($type eq 'restricted_network') {
		my $networks = $obligation->{networks};
		# A VPN session gets one filter, and the name must be one that a filter can have.
		return 0 if ref $networks ne 'ARRAY' || @$networks != 1 || ($networks->[0] // '') !~ m{^[\w.:/-]{1,200}\z};
		return 0 if defined $RAD_REPLY{'Filter-Id'};
		$RAD_REPLY{'Filter-Id'} = $networks->[0];
		return 1;
	}
	return 0;
}

# In one line of plain text, whatever was sent.
sub wordsOf {
	my ($reason) = @_;
	my $words = ref $reason eq 'HASH' && !ref $reason->{words} ? $reason->{words} // '' : '';
	return substr($words =~ s/[^\x20-\x7e]/?/gr, 0, 200);
}

sub refuse {
	my ($why) = @_;
	radiusd::radlog(1, "Postern: $why");
	return REJECT;
}
