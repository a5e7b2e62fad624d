'use client';
import { useEffect, useState } from 'react';
import { results } from '../ways.js';

export function InBrowser() {
  const [found, setFound] = useState();
  useEffect(() => { results().then(setFound); }, []);
  return <output id="browser">{found ? JSON.stringify(found) : ''}</output>;
}
