'use client';
import { defineAttentionTutorial } from 'attention-wasm/tutorial';
import { useEffect, useState } from 'react';
import { results } from '../ways.js';

export function InBrowser() {
  const [found, setFound] = useState();
  useEffect(() => {
    defineAttentionTutorial();
    results().then(setFound);
  }, []);
  return <>
    <output id="browser">{found ? JSON.stringify(found) : ''}</output>
    <attention-tutorial step="3"></attention-tutorial>
  </>;
}
